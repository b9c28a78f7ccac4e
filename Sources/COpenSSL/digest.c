// What every process may need at any time: linked in out of libcrypto.a, for a worker can load nothing.

// SHA256(3) and HMAC(3) look for their digests in libcrypto's list of everything, which would be linked in as
// a whole; these functions are deprecated since OpenSSL 3.0 and need nothing else.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "libcrypto.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

void ps_sha256(const void *message, size_t count, unsigned char *digest) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, message, count);
    SHA256_Final(digest, &context);
    OPENSSL_cleanse(&context, sizeof context);
}

/// SHA-256 of a key that every byte of has been changed by `mask`, and what comes behind it.
static void keyed(const unsigned char *key, unsigned char mask, const void *message, size_t count,
                  unsigned char *digest) {
    SHA256_CTX context;
    unsigned char block[SHA256_CBLOCK];
    for (size_t index = 0; index < sizeof block; index++) block[index] = key[index] ^ mask;
    SHA256_Init(&context);
    SHA256_Update(&context, block, sizeof block);
    SHA256_Update(&context, message, count);
    SHA256_Final(digest, &context);
    OPENSSL_cleanse(&context, sizeof context);
    OPENSSL_cleanse(block, sizeof block);
}

void ps_hmac_sha256(const void *key, size_t key_count, const void *message, size_t count,
                    unsigned char *code) {
    unsigned char block[SHA256_CBLOCK] = {0}, inner[SHA256_DIGEST_LENGTH];
    if (key_count > sizeof block) {
        ps_sha256(key, key_count, block);
    } else if (key_count > 0) {
        memcpy(block, key, key_count);
    }
    keyed(block, 0x36, message, count, inner);
    keyed(block, 0x5C, inner, sizeof inner, code);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(inner, sizeof inner);
}

int ps_memory_differs(const void *left, const void *right, size_t count) {
    return CRYPTO_memcmp(left, right, count);
}

void ps_memory_cleanse(void *bytes, size_t count) { OPENSSL_cleanse(bytes, count); }
