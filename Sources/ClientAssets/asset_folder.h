#ifndef POINTERSCOPE_ASSET_FOLDER_H
#define POINTERSCOPE_ASSET_FOLDER_H

#include "client_assets.h"

/// The embedded files of one folder of `client-js/`.
typedef struct AssetFolder {
    const ClientAsset *_Nonnull assets;
    size_t count;
} AssetFolder;

#define ASSET(path, bytes) {path, bytes, sizeof bytes}
#define FOLDER(assets) {assets, sizeof assets / sizeof assets[0]}

extern const AssetFolder dashboard_assets, pages_assets, sample_assets, snippet_assets;

#endif
