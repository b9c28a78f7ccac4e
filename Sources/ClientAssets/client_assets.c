#include "asset_folder.h"

// Each folder is listed by hand, in a file of its own; client-js/test/assets.test.mjs fails when a file is
// missing there.

static const AssetFolder *const folders[] = {
    &dashboard_assets, &pages_assets, &sample_assets, &snippet_assets,
};

const ClientAsset *client_asset(size_t index) {
    for (size_t folder = 0; folder < sizeof folders / sizeof folders[0]; folder++) {
        if (index < folders[folder]->count) return &folders[folder]->assets[index];
        index -= folders[folder]->count;
    }
    return NULL;
}
