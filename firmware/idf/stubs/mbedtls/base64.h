// ESP-IDF 5.5, the part that firmware/idf uses: mbedTLS 3.6, mbedtls/base64.h
#pragma once

#include <stddef.h>

extern "C" int mbedtls_base64_encode(unsigned char* dst, size_t dlen, size_t* olen, const unsigned char* src,
                                     size_t slen);
