#ifndef POINTERSCOPE_LIBCRYPTO_H
#define POINTERSCOPE_LIBCRYPTO_H

#include <stddef.h>

// Cryptography out of OpenSSL 3. Digests are linked in (`digest.c`). Signatures come out of libcrypto.so.3,
// which is loaded when one is first asked for and never linked: the loader writes 392 KiB of it anew for
// every process, and workers can load none. Where it is missing, the process says so in one line and ends
// with status 69 (EX_UNAVAILABLE). All of it works on memory alone; errors are left on no queue.

enum {
    PS_SHA256_BYTES = 32,
};

/// SHA-256 of a message (SHA256_Init(3)).
void ps_sha256(const void *_Nullable message, size_t count, unsigned char *_Nonnull digest);

/// HMAC with SHA-256 (RFC 2104).
void ps_hmac_sha256(const void *_Nullable key, size_t key_count, const void *_Nullable message, size_t count,
                    unsigned char *_Nonnull code);

/// Whether two runs of as many bytes differ, in a time that does not tell where (CRYPTO_memcmp(3)): 0 or not.
int ps_memory_differs(const void *_Nonnull left, const void *_Nonnull right, size_t count);

/// Overwrites bytes in a way that no compiler leaves out (OPENSSL_cleanse(3)).
void ps_memory_cleanse(void *_Nonnull bytes, size_t count);

/// A public key (EVP_PKEY).
typedef struct ps_public_key ps_public_key;

/// The public key of a PEM text (PEM_read_bio_PUBKEY(3)), also in the older form of RSA; NULL where there is
/// none.
ps_public_key *_Nullable ps_public_key_of_pem(const void *_Nonnull bytes, size_t count);

/// Gives a key back.
void ps_public_key_free(ps_public_key *_Nonnull key);

/// 1: RSA, 2: on the curve P-256, 3: Ed25519, 0: any other; `bits` is its size.
int ps_public_key_kind(const ps_public_key *_Nonnull key, int *_Nonnull bits);

/// Whether `signature` is by `key` for `message`: 1 if so, else 0. RSA with PKCS #1 v1.5 and SHA-256, ECDSA
/// with SHA-256 as two numbers of 32 bytes, Ed25519 (EVP_DigestVerify(3)).
int ps_signature_holds(ps_public_key *_Nonnull key, const void *_Nonnull message, size_t message_count,
                       const void *_Nonnull signature, size_t signature_count);

#endif
