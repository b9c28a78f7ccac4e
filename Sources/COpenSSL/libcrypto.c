#define _GNU_SOURCE
#include "libcrypto.h"

#include <dlfcn.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

// Every function that is called here, by its name in libcrypto.so.3.
#define FUNCTIONS(X) \
    X(BIO_free) X(BIO_new_mem_buf) X(BN_bin2bn) X(BN_free) X(CRYPTO_free) \
    X(ECDSA_SIG_free) X(ECDSA_SIG_new) X(ECDSA_SIG_set0) X(ERR_clear_error) X(EVP_DigestVerify) \
    X(EVP_DigestVerifyInit) X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) X(EVP_PKEY_free) X(EVP_PKEY_get_base_id) \
    X(EVP_PKEY_get_bits) X(EVP_PKEY_get_group_name) X(EVP_sha256) X(PEM_read_bio) X(PEM_read_bio_PUBKEY) \
    X(d2i_PublicKey) X(i2d_ECDSA_SIG)

struct library {
    bool is_loaded;
#define SLOT(name) __typeof__(&name) name;
    FUNCTIONS(SLOT)
#undef SLOT
};

static struct library library;

/// Ends the process as the loader would have at its start, with a status that says more.
__attribute__((noreturn, cold)) static void missing(void) {
    const char *why = dlerror();
    dprintf(STDERR_FILENO,
            "pointerscope: libcrypto.so.3 is not to be had (%s); in Debian: apt-get install libssl3\n",
            why ? why : "a name is missing");
    _exit(EX_UNAVAILABLE);
}

__attribute__((cold, noinline)) static void load(void) {
    void *handle = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!handle) missing();
#define FIND(name) \
    if (!(library.name = (__typeof__(&name))dlsym(handle, #name))) missing();
    FUNCTIONS(FIND)
#undef FIND
    library.is_loaded = true;
}

static inline const struct library *lib(void) {
    if (!library.is_loaded) load();
    return &library;
}

// MARK: Signatures by public keys

static EVP_PKEY *pkey(const ps_public_key *key) { return (EVP_PKEY *)key; }

/// The key of an RSA key's older form (RFC 8017, appendix A.1.1).
static EVP_PKEY *older_rsa(BIO *text) {
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long length = 0;
    EVP_PKEY *key = NULL;
    if (lib()->PEM_read_bio(text, &name, &header, &data, &length) == 1
        && strcmp(name, PEM_STRING_RSA_PUBLIC) == 0) {
        const unsigned char *start = data;
        key = lib()->d2i_PublicKey(EVP_PKEY_RSA, NULL, &start, length);
    }
    lib()->CRYPTO_free(name, __FILE__, __LINE__);
    lib()->CRYPTO_free(header, __FILE__, __LINE__);
    lib()->CRYPTO_free(data, __FILE__, __LINE__);
    return key;
}

ps_public_key *ps_public_key_of_pem(const void *bytes, size_t count) {
    EVP_PKEY *key = NULL;
    BIO *text = count <= 1 << 20 ? lib()->BIO_new_mem_buf(bytes, (int)count) : NULL;
    if (text != NULL) {
        key = lib()->PEM_read_bio_PUBKEY(text, NULL, NULL, NULL);
        lib()->BIO_free(text);
    }
    if (key == NULL && (text = count <= 1 << 20 ? lib()->BIO_new_mem_buf(bytes, (int)count) : NULL) != NULL) {
        key = older_rsa(text);
        lib()->BIO_free(text);
    }
    lib()->ERR_clear_error();
    return (ps_public_key *)key;
}

void ps_public_key_free(ps_public_key *key) { lib()->EVP_PKEY_free(pkey(key)); }

int ps_public_key_kind(const ps_public_key *key, int *bits) {
    char group[64];
    size_t length = 0;
    *bits = lib()->EVP_PKEY_get_bits(pkey(key));
    switch (lib()->EVP_PKEY_get_base_id(pkey(key))) {
    case EVP_PKEY_RSA:
        return 1;
    case EVP_PKEY_ED25519:
        return 3;
    case EVP_PKEY_EC:
        return lib()->EVP_PKEY_get_group_name(pkey(key), group, sizeof group, &length) == 1
                       && strcmp(group, SN_X9_62_prime256v1) == 0
                   ? 2
                   : 0;
    default:
        return 0;
    }
}

/// The DER form of an ECDSA signature that is `r` and `s` of 32 bytes each (RFC 7518 section 3.4), or NULL.
static unsigned char *ecdsa_der(const unsigned char *signature, int *count) {
    unsigned char *der = NULL;
    ECDSA_SIG *pair = lib()->ECDSA_SIG_new();
    BIGNUM *r = lib()->BN_bin2bn(signature, 32, NULL), *s = lib()->BN_bin2bn(signature + 32, 32, NULL);
    if (pair != NULL && r != NULL && s != NULL && lib()->ECDSA_SIG_set0(pair, r, s) == 1) {
        *count = lib()->i2d_ECDSA_SIG(pair, &der);
    } else {
        lib()->BN_free(r);
        lib()->BN_free(s);
    }
    lib()->ECDSA_SIG_free(pair);
    return der;
}

int ps_signature_holds(ps_public_key *key, const void *message, size_t message_count, const void *signature,
                       size_t signature_count) {
    int bits = 0, kind = ps_public_key_kind(key, &bits), holds = 0, der_count = 0;
    unsigned char *der = NULL;
    if (kind == 0 || (kind == 2 && signature_count != 64)) return 0;
    if (kind == 2) {
        der = ecdsa_der(signature, &der_count);
        if (der == NULL || der_count <= 0) return 0;
        signature = der;
        signature_count = (size_t)der_count;
    }
    EVP_MD_CTX *context = lib()->EVP_MD_CTX_new();
    if (context != NULL
        && lib()->EVP_DigestVerifyInit(context, NULL, kind == 3 ? NULL : lib()->EVP_sha256(), NULL, pkey(key))
               == 1) {
        holds = lib()->EVP_DigestVerify(context, signature, signature_count, message, message_count) == 1;
    }
    lib()->EVP_MD_CTX_free(context);
    lib()->CRYPTO_free(der, __FILE__, __LINE__);
    lib()->ERR_clear_error();
    return holds;
}
