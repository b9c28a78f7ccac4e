#include "asset_folder.h"

// What client-js/sample has, in order.

static const unsigned char sample_field_js[] = {
#embed "../../client-js/sample/field.js"
}; static const unsigned char sample_index_html[] = {
#embed "../../client-js/sample/index.html"
}; static const unsigned char sample_style_css[] = {
#embed "../../client-js/sample/style.css"
};

static const ClientAsset assets[] = {
    ASSET("sample/field.js", sample_field_js),
    ASSET("sample/index.html", sample_index_html),
    ASSET("sample/style.css", sample_style_css),
};

const AssetFolder sample_assets = FOLDER(assets);
