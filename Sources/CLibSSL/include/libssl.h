#ifndef POINTERSCOPE_LIBSSL_H
#define POINTERSCOPE_LIBSSL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// TLS for clients out of libssl.so.3 (OpenSSL 3), which is loaded when it is first asked for and never
// linked: the program starts where it is not installed, and whoever speaks no TLS does not pay for it.

/// Loads the library; what is missing, in words of the loader (dlerror(3)), or NULL where all is there.
const char *_Nullable ps_tls_load(void);

/// What is believed, and how TLS is spoken: TLS 1.2 or later, as a client that verifies (SSL_CTX).
typedef struct ps_tls_trust ps_tls_trust;

/// Believes the system's authorities, or nobody yet; NULL without memory.
ps_tls_trust *_Nullable ps_tls_trust_new(bool believes_system);
void ps_tls_trust_free(ps_tls_trust *_Nonnull trust);
/// Believes the certificates of a PEM text as well; returns how many there are, -1 where one is damaged.
int ps_tls_trust_add(ps_tls_trust *_Nonnull trust, const void *_Nonnull pem, size_t count);

/// What a peer's certificate says, and why it is not believed. Texts are cut to fit and end with NUL.
typedef struct ps_tls_certificate {
    /// X509_V_OK, or the first error of the verification (X509_STORE_CTX_get_error(3)).
    int error;
    /// In the words of the library.
    char reason[128];
    /// Of the certificate that the rest tells of: the peer's own, 0, where nothing is wrong, else the refused
    /// one.
    int depth;
    /// Certificates that the peer sent.
    int sent;
    /// Seconds since the epoch.
    int64_t not_before, not_after;
    /// In one line (X509_NAME_oneline(3)).
    char subject[256], issuer[256];
    /// Names and addresses that it holds for (subjectAltName), with commas.
    char names[512];
} ps_tls_certificate;

/// A connection (SSL).
typedef struct ps_tls_session ps_tls_session;

/// A session over a connected, non-blocking socket, which stays the caller's; `host` is a name, or an address
/// where `is_address`. NULL where that is impossible.
ps_tls_session *_Nullable ps_tls_session_new(ps_tls_trust *_Nonnull trust, int socket,
                                             const char *_Nonnull host, bool is_address);
void ps_tls_session_free(ps_tls_session *_Nonnull session);

/// How far a call got.
typedef enum ps_tls_step {
    PS_TLS_DONE,
    PS_TLS_WANTS_READ,
    PS_TLS_WANTS_WRITE,
    /// The peer has ended its side.
    PS_TLS_ENDED,
    /// The socket failed; errno(3) tells how, 0 where the peer hung up.
    PS_TLS_BROKEN,
    /// The peer or its certificate is refused, or refuses us; `ps_tls_reason` tells why.
    PS_TLS_REFUSED,
} ps_tls_step;

/// Goes on with the handshake (SSL_do_handshake(3)).
ps_tls_step ps_tls_handshake(ps_tls_session *_Nonnull session);
/// Reads up to `room` bytes; `*count` says how many.
ps_tls_step ps_tls_read(ps_tls_session *_Nonnull session, void *_Nonnull bytes, size_t room,
                        size_t *_Nonnull count);
/// Writes up to `size` bytes; `*count` says how many.
ps_tls_step ps_tls_write(ps_tls_session *_Nonnull session, const void *_Nonnull bytes, size_t size,
                         size_t *_Nonnull count);
/// Says that nothing more will come, once, as far as the socket takes it.
void ps_tls_end(ps_tls_session *_Nonnull session);
/// Why the library refused last, in its words; may be empty.
const char *_Nonnull ps_tls_reason(const ps_tls_session *_Nonnull session);
/// What the peer showed; false where the handshake did not get so far.
bool ps_tls_peer(ps_tls_session *_Nonnull session, ps_tls_certificate *_Nonnull certificate);
/// `TLSv1.3`.
const char *_Nonnull ps_tls_version(const ps_tls_session *_Nonnull session);

/// The errors of a verification that have words of their own here.
typedef enum ps_tls_error {
    PS_TLS_NOT_YET_VALID,
    PS_TLS_EXPIRED,
    PS_TLS_WRONG_NAME,
    PS_TLS_SELF_SIGNED,
    PS_TLS_UNKNOWN_ISSUER,
    PS_TLS_OTHER_ERROR,
} ps_tls_error;

/// Which of them X509_V_ERR_... `code` is.
ps_tls_error ps_tls_error_of(int code);

#endif
