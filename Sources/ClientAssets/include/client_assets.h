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

/// An embedded file by number, from 0 on; null behind the last.
const ClientAsset *_Nullable client_asset(size_t index);

#endif
