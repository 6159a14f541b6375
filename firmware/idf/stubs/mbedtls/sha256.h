// ESP-IDF 5.5, the part that firmware/idf uses: mbedTLS 3.6, mbedtls/sha256.h
#pragma once

#include <stddef.h>

// The members are mbedTLS's own affair.
typedef struct mbedtls_sha256_context {
  unsigned char private_state[108];
} mbedtls_sha256_context;

extern "C" {
void mbedtls_sha256_init(mbedtls_sha256_context* ctx);
void mbedtls_sha256_free(mbedtls_sha256_context* ctx);
int mbedtls_sha256_starts(mbedtls_sha256_context* ctx, int is224);
int mbedtls_sha256_update(mbedtls_sha256_context* ctx, const unsigned char* input, size_t ilen);
int mbedtls_sha256_finish(mbedtls_sha256_context* ctx, unsigned char* output);
int mbedtls_sha256(const unsigned char* input, size_t ilen, unsigned char* output, int is224);
}
