// ESP-IDF 5.5, the part that firmware/idf uses: mbedTLS 3.6, mbedtls/pk.h
#pragma once

#include "mbedtls/md.h"

typedef enum {
  MBEDTLS_PK_NONE = 0,
  MBEDTLS_PK_RSA,
  MBEDTLS_PK_ECKEY,
  MBEDTLS_PK_ECKEY_DH,
  MBEDTLS_PK_ECDSA
} mbedtls_pk_type_t;

// The members are mbedTLS's own affair.
typedef struct mbedtls_pk_context {
  const void* private_pk_info;
  void* private_pk_ctx;
} mbedtls_pk_context;

extern "C" {
void mbedtls_pk_init(mbedtls_pk_context* ctx);
void mbedtls_pk_free(mbedtls_pk_context* ctx);
int mbedtls_pk_parse_public_key(mbedtls_pk_context* ctx, const unsigned char* key, size_t keylen);
int mbedtls_pk_can_do(const mbedtls_pk_context* ctx, mbedtls_pk_type_t type);
int mbedtls_pk_verify(mbedtls_pk_context* ctx, mbedtls_md_type_t md_alg, const unsigned char* hash, size_t hash_len,
                      const unsigned char* sig, size_t sig_len);
}
