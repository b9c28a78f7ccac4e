#ifndef POINTERSCOPE_CLIENT_ASSETS_H
#define POINTERSCOPE_CLIENT_ASSETS_H

#include <stddef.h>

/// One file of `client-js/` inside the binary.
typedef struct ClientAsset {
    /// Its path below `client-js/`, for example `snippet/pointerscope.js`.
    const char *_Nonnull name;
    const unsigned char *_Nonnull bytes;
    size_t count;
} ClientAsset;

/// Every embedded file.
const ClientAsset *_Nonnull client_assets(size_t *_Nonnull count);

#endif
