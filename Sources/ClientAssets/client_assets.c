#include "client_assets.h"

static const unsigned char snippet[] = {
#embed "../../client-js/snippet/pointerscope.js"
};

static const ClientAsset assets[] = {
    {"snippet/pointerscope.js", snippet, sizeof snippet},
};

const ClientAsset *client_assets(size_t *count) {
    *count = sizeof assets / sizeof assets[0];
    return assets;
}
