#ifndef POINTERSCOPE_COPENSSL_SHIM_H
#define POINTERSCOPE_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <string.h>

/* Signatures by public keys, all in memory. Errors are left on no queue: nobody here reads it. */

/// The public key of a PEM text (PEM_read_bio_PUBKEY(3)), also in the older form of RSA; NULL where there is
/// none.
static inline EVP_PKEY *ps_public_key_of_pem(const void *bytes, size_t count) {
    EVP_PKEY *key = NULL;
    BIO *text = count <= 1 << 20 ? BIO_new_mem_buf(bytes, (int)count) : NULL;
    if (text != NULL) {
        key = PEM_read_bio_PUBKEY(text, NULL, NULL, NULL);
        BIO_free(text);
    }
    if (key == NULL && (text = count <= 1 << 20 ? BIO_new_mem_buf(bytes, (int)count) : NULL) != NULL) {
        char *name = NULL, *header = NULL;
        unsigned char *data = NULL;
        long length = 0;
        if (PEM_read_bio(text, &name, &header, &data, &length) == 1 &&
            strcmp(name, PEM_STRING_RSA_PUBLIC) == 0) {
            const unsigned char *start = data;
            key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &start, length);
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
        BIO_free(text);
    }
    ERR_clear_error();
    return key;
}

/// Gives a key back.
static inline void ps_public_key_free(EVP_PKEY *key) { EVP_PKEY_free(key); }

/// 1: RSA, 2: on the curve P-256, 3: Ed25519, 0: any other; `bits` is its size.
static inline int ps_public_key_kind(const EVP_PKEY *key, int *bits) {
    char group[64];
    size_t length = 0;
    *bits = EVP_PKEY_get_bits(key);
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        return 1;
    case EVP_PKEY_ED25519:
        return 3;
    case EVP_PKEY_EC:
        return EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 &&
                       strcmp(group, SN_X9_62_prime256v1) == 0
                   ? 2
                   : 0;
    default:
        return 0;
    }
}

/// The DER form of an ECDSA signature that is `r` and `s` of 32 bytes each (RFC 7518 section 3.4), or NULL.
static inline unsigned char *ps_ecdsa_der(const unsigned char *signature, int *count) {
    unsigned char *der = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, 32, NULL), *s = BN_bin2bn(signature + 32, 32, NULL);
    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        *count = i2d_ECDSA_SIG(pair, &der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return der;
}

/// Whether `signature` is by `key` for `message`: 1 if so, else 0. RSA with PKCS #1 v1.5 and SHA-256, ECDSA
/// with SHA-256 as two numbers of 32 bytes, Ed25519 (EVP_DigestVerify(3)).
static inline int ps_signature_holds(EVP_PKEY *key, const void *message, size_t message_count,
                                     const void *signature, size_t signature_count) {
    int bits = 0, kind = ps_public_key_kind(key, &bits), holds = 0, der_count = 0;
    unsigned char *der = NULL;
    if (kind == 0 || (kind == 2 && signature_count != 64)) {
        return 0;
    }
    if (kind == 2) {
        der = ps_ecdsa_der((const unsigned char *)signature, &der_count);
        if (der == NULL || der_count <= 0) {
            return 0;
        }
        signature = der;
        signature_count = (size_t)der_count;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL &&
        EVP_DigestVerifyInit(context, NULL, kind == 3 ? NULL : EVP_sha256(), NULL, key) == 1) {
        holds = EVP_DigestVerify(context, (const unsigned char *)signature, signature_count,
                                 (const unsigned char *)message, message_count) == 1;
    }
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    ERR_clear_error();
    return holds;
}

#endif
