#include "libssl.h"

#include <dlfcn.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Every function that is called here, by its name in libssl.so.3 or in the libcrypto.so.3 that it needs.
#define FUNCTIONS(X) \
    X(ASN1_STRING_get0_data) X(ASN1_STRING_length) X(ASN1_TIME_to_tm) X(BIO_free) X(BIO_new_mem_buf) \
    X(ERR_clear_error) X(ERR_peek_last_error) X(ERR_reason_error_string) X(GENERAL_NAME_free) \
    X(OPENSSL_sk_num) X(OPENSSL_sk_pop_free) X(OPENSSL_sk_value) X(PEM_read_bio_X509) \
    X(SSL_CTX_ctrl) X(SSL_CTX_free) X(SSL_CTX_get_cert_store) X(SSL_CTX_new) \
    X(SSL_CTX_set_default_verify_paths) X(SSL_CTX_set_options) X(SSL_CTX_set_verify) X(SSL_ctrl) \
    X(SSL_do_handshake) X(SSL_free) X(SSL_get0_param) X(SSL_get1_peer_certificate) X(SSL_get_error) \
    X(SSL_get_ex_data) X(SSL_get_ex_data_X509_STORE_CTX_idx) X(SSL_get_peer_cert_chain) \
    X(SSL_get_version) X(SSL_new) X(SSL_read_ex) X(SSL_set1_host) X(SSL_set_alpn_protos) \
    X(SSL_set_connect_state) X(SSL_set_ex_data) X(SSL_set_fd) X(SSL_set_hostflags) X(SSL_shutdown) \
    X(SSL_write_ex) X(TLS_client_method) X(X509_NAME_oneline) X(X509_STORE_CTX_get0_untrusted) \
    X(X509_STORE_CTX_get_current_cert) X(X509_STORE_CTX_get_error) X(X509_STORE_CTX_get_error_depth) \
    X(X509_STORE_CTX_get_ex_data) X(X509_STORE_add_cert) X(X509_VERIFY_PARAM_set1_ip_asc) \
    X(X509_free) X(X509_get0_notAfter) X(X509_get0_notBefore) X(X509_get_ext_d2i) \
    X(X509_get_issuer_name) X(X509_get_subject_name) X(X509_verify_cert_error_string)

static struct {
    bool is_loaded;
#define SLOT(name) __typeof__(&name) name;
    FUNCTIONS(SLOT)
#undef SLOT
} lib;

const char *ps_tls_load(void) {
    if (lib.is_loaded) return NULL;
    void *handle = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return dlerror();
    // A name that the library lacks is looked for in those that it needs (dlsym(3)).
#define FIND(name) \
    if (!(lib.name = (__typeof__(&name))dlsym(handle, #name))) return dlerror();
    FUNCTIONS(FIND)
#undef FIND
    lib.is_loaded = true;
    return NULL;
}

// MARK: Trust

struct ps_tls_trust {
    SSL_CTX *context;
};

struct ps_tls_session {
    SSL *ssl;
    ps_tls_certificate certificate;
    bool has_certificate;
    char reason[160];
};

static void describe(X509 *certificate, ps_tls_certificate *out);

/// Keeps the first certificate that is refused, and why: after a handshake that failed nothing else tells.
static int verified(int is_fine, X509_STORE_CTX *context) {
    SSL *ssl = lib.X509_STORE_CTX_get_ex_data(context, lib.SSL_get_ex_data_X509_STORE_CTX_idx());
    ps_tls_session *session = ssl ? lib.SSL_get_ex_data(ssl, 0) : NULL;
    if (is_fine || !session || session->has_certificate) return is_fine;
    ps_tls_certificate *kept = &session->certificate;
    kept->error = lib.X509_STORE_CTX_get_error(context);
    kept->depth = lib.X509_STORE_CTX_get_error_depth(context);
    snprintf(kept->reason, sizeof kept->reason, "%s", lib.X509_verify_cert_error_string(kept->error));
    STACK_OF(X509) *sent = lib.X509_STORE_CTX_get0_untrusted(context);
    kept->sent = sent ? lib.OPENSSL_sk_num((const OPENSSL_STACK *)sent) : 0;
    X509 *certificate = lib.X509_STORE_CTX_get_current_cert(context);
    if (certificate) describe(certificate, kept);
    session->has_certificate = true;
    return 0;
}

ps_tls_trust *ps_tls_trust_new(bool believes_system) {
    ps_tls_trust *trust = calloc(1, sizeof *trust);
    if (!trust) return NULL;
    trust->context = lib.SSL_CTX_new(lib.TLS_client_method());
    if (!trust->context) {
        free(trust);
        return NULL;
    }
    lib.SSL_CTX_ctrl(trust->context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL);
    // What is written stays in place no longer than the call, and part of it may go first.
    lib.SSL_CTX_ctrl(trust->context, SSL_CTRL_MODE,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                         | SSL_MODE_RELEASE_BUFFERS,
                     NULL);
    // Many servers hang up without the alert; whether an answer is whole is said by HTTP.
    lib.SSL_CTX_set_options(trust->context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
    lib.SSL_CTX_set_verify(trust->context, SSL_VERIFY_PEER, verified);
    if (believes_system) lib.SSL_CTX_set_default_verify_paths(trust->context);
    return trust;
}

void ps_tls_trust_free(ps_tls_trust *trust) {
    lib.SSL_CTX_free(trust->context);
    free(trust);
}

int ps_tls_trust_add(ps_tls_trust *trust, const void *pem, size_t count) {
    BIO *text = lib.BIO_new_mem_buf(pem, (int)count);
    if (!text) return -1;
    X509_STORE *store = lib.SSL_CTX_get_cert_store(trust->context);
    int found = 0;
    X509 *certificate;
    lib.ERR_clear_error();
    while ((certificate = lib.PEM_read_bio_X509(text, NULL, NULL, NULL))) {
        found += lib.X509_STORE_add_cert(store, certificate) == 1;
        lib.X509_free(certificate);
    }
    // The end of a PEM text is told as the lack of another beginning.
    bool is_end = ERR_GET_REASON(lib.ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    lib.ERR_clear_error();
    lib.BIO_free(text);
    return is_end ? found : -1;
}

// MARK: Certificates

static int64_t seconds(const ASN1_TIME *time) {
    struct tm parts;
    return time && lib.ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

/// Appends a name of `length` bytes behind a comma, whole or not at all.
static void append(char *text, size_t size, const void *name, int length) {
    size_t used = strlen(text);
    size_t comma = used > 0 ? 2 : 0;
    if (length <= 0 || used + comma + (size_t)length + 1 > size) return;
    memcpy(text + used, ", ", comma);
    memcpy(text + used + comma, name, (size_t)length);
    text[used + comma + (size_t)length] = 0;
}

static void append_address(char *text, size_t size, const unsigned char *bytes, int count) {
    char address[40] = "";
    if (count == 4) {
        snprintf(address, sizeof address, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
    } else if (count == 16) {
        for (int at = 0; at < 16; at += 2) {
            size_t used = strlen(address);
            int word = bytes[at] << 8 | bytes[at + 1];
            snprintf(address + used, sizeof address - used, at ? ":%x" : "%x", word);
        }
    }
    append(text, size, address, (int)strlen(address));
}

static void describe(X509 *certificate, ps_tls_certificate *out) {
    out->not_before = seconds(lib.X509_get0_notBefore(certificate));
    out->not_after = seconds(lib.X509_get0_notAfter(certificate));
    lib.X509_NAME_oneline(lib.X509_get_subject_name(certificate), out->subject, sizeof out->subject);
    lib.X509_NAME_oneline(lib.X509_get_issuer_name(certificate), out->issuer, sizeof out->issuer);
    OPENSSL_STACK *names = lib.X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int at = 0; names && at < lib.OPENSSL_sk_num(names); at++) {
        const GENERAL_NAME *name = lib.OPENSSL_sk_value(names, at);
        if (name->type == GEN_DNS) {
            append(out->names, sizeof out->names, lib.ASN1_STRING_get0_data(name->d.dNSName),
                   lib.ASN1_STRING_length(name->d.dNSName));
        } else if (name->type == GEN_IPADD) {
            append_address(out->names, sizeof out->names, lib.ASN1_STRING_get0_data(name->d.iPAddress),
                           lib.ASN1_STRING_length(name->d.iPAddress));
        }
    }
    if (names) lib.OPENSSL_sk_pop_free(names, (OPENSSL_sk_freefunc)lib.GENERAL_NAME_free);
}

bool ps_tls_peer(ps_tls_session *session, ps_tls_certificate *certificate) {
    if (!session->has_certificate) {
        X509 *peer = lib.SSL_get1_peer_certificate(session->ssl);
        if (!peer) return false;
        STACK_OF(X509) *sent = lib.SSL_get_peer_cert_chain(session->ssl);
        session->certificate.sent = sent ? lib.OPENSSL_sk_num((const OPENSSL_STACK *)sent) : 0;
        describe(peer, &session->certificate);
        lib.X509_free(peer);
        session->has_certificate = true;
    }
    *certificate = session->certificate;
    return true;
}

ps_tls_error ps_tls_error_of(int code) {
    switch (code) {
    case X509_V_ERR_CERT_NOT_YET_VALID: return PS_TLS_NOT_YET_VALID;
    case X509_V_ERR_CERT_HAS_EXPIRED: return PS_TLS_EXPIRED;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return PS_TLS_WRONG_NAME;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return PS_TLS_SELF_SIGNED;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return PS_TLS_UNKNOWN_ISSUER;
    default: return PS_TLS_OTHER_ERROR;
    }
}

// MARK: Sessions

ps_tls_session *ps_tls_session_new(ps_tls_trust *trust, int socket, const char *host, bool is_address) {
    ps_tls_session *session = calloc(1, sizeof *session);
    if (!session) return NULL;
    session->ssl = lib.SSL_new(trust->context);
    // No other protocol than this is spoken here (RFC 7301).
    static const unsigned char protocols[] = "\x08http/1.1";
    bool is_ready = session->ssl && lib.SSL_set_fd(session->ssl, socket) == 1
        && lib.SSL_set_ex_data(session->ssl, 0, session) == 1
        && lib.SSL_set_alpn_protos(session->ssl, protocols, sizeof protocols - 1) == 0;
    if (is_ready && is_address) {
        is_ready = lib.X509_VERIFY_PARAM_set1_ip_asc(lib.SSL_get0_param(session->ssl), host) == 1;
    } else if (is_ready) {
        // The server's name goes ahead (RFC 6066, section 3); an address is none.
        lib.SSL_set_hostflags(session->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        is_ready = lib.SSL_set1_host(session->ssl, host) == 1
            && lib.SSL_ctrl(session->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                            (void *)host) == 1;
    }
    if (!is_ready) {
        ps_tls_session_free(session);
        return NULL;
    }
    lib.SSL_set_connect_state(session->ssl);
    return session;
}

void ps_tls_session_free(ps_tls_session *session) {
    if (session->ssl) lib.SSL_free(session->ssl);
    free(session);
}

/// What `result` of the last call means; the queue of errors was empty before it.
static ps_tls_step step(ps_tls_session *session, int result) {
    int code = errno;
    switch (lib.SSL_get_error(session->ssl, result)) {
    case SSL_ERROR_NONE: return PS_TLS_DONE;
    case SSL_ERROR_WANT_READ: return PS_TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE: return PS_TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN: return PS_TLS_ENDED;
    case SSL_ERROR_SYSCALL: errno = code; return PS_TLS_BROKEN;
    default: break;
    }
    const char *reason = lib.ERR_reason_error_string(lib.ERR_peek_last_error());
    snprintf(session->reason, sizeof session->reason, "%s", reason ? reason : "");
    lib.ERR_clear_error();
    return PS_TLS_REFUSED;
}

static void begin(void) {
    lib.ERR_clear_error();
    errno = 0;
}

ps_tls_step ps_tls_handshake(ps_tls_session *session) {
    begin();
    return step(session, lib.SSL_do_handshake(session->ssl));
}

ps_tls_step ps_tls_read(ps_tls_session *session, void *bytes, size_t room, size_t *count) {
    begin();
    *count = 0;
    return step(session, lib.SSL_read_ex(session->ssl, bytes, room, count));
}

ps_tls_step ps_tls_write(ps_tls_session *session, const void *bytes, size_t size, size_t *count) {
    begin();
    *count = 0;
    return step(session, lib.SSL_write_ex(session->ssl, bytes, size, count));
}

void ps_tls_end(ps_tls_session *session) {
    begin();
    lib.SSL_shutdown(session->ssl);
    lib.ERR_clear_error();
}

const char *ps_tls_reason(const ps_tls_session *session) { return session->reason; }

const char *ps_tls_version(const ps_tls_session *session) { return lib.SSL_get_version(session->ssl); }
