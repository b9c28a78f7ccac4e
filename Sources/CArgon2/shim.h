#ifndef POINTERSCOPE_CARGON2_SHIM_H
#define POINTERSCOPE_CARGON2_SHIM_H

#include <argon2.h>

/// Argon2id version 1.3 (RFC 9106) on the calling thread alone, however many lanes there are. 0, or an error
/// number of the library, which is below 0: parameters out of its bounds, or no memory.
static inline int ps_argon2id(unsigned kibibytes, unsigned passes, unsigned lanes, const void *password,
                              unsigned password_count, const void *salt, unsigned salt_count, void *digest,
                              unsigned digest_count) {
    argon2_context context = {
        .out = (unsigned char *)digest,
        .outlen = digest_count,
        .pwd = (unsigned char *)password,
        .pwdlen = password_count,
        .salt = (unsigned char *)salt,
        .saltlen = salt_count,
        .t_cost = passes,
        .m_cost = kibibytes,
        .lanes = lanes,
        .threads = 1,
        .version = ARGON2_VERSION_13,
        .flags = ARGON2_DEFAULT_FLAGS,
    };
    return argon2id_ctx(&context);
}

#endif
