#include "asset_folder.h"

// What client-js/snippet has, in order.

static const unsigned char snippet_pointerscope_fallback_js[] = {
#embed "../../client-js/snippet/pointerscope-fallback.js"
}; static const unsigned char snippet_pointerscope_fallback_js_br[] = {
#embed "../../client-js/snippet/pointerscope-fallback.js.br"
}; static const unsigned char snippet_pointerscope_fallback_js_gz[] = {
#embed "../../client-js/snippet/pointerscope-fallback.js.gz"
}; static const unsigned char snippet_pointerscope_live_js[] = {
#embed "../../client-js/snippet/pointerscope-live.js"
}; static const unsigned char snippet_pointerscope_live_js_br[] = {
#embed "../../client-js/snippet/pointerscope-live.js.br"
}; static const unsigned char snippet_pointerscope_live_js_gz[] = {
#embed "../../client-js/snippet/pointerscope-live.js.gz"
}; static const unsigned char snippet_pointerscope_options_js[] = {
#embed "../../client-js/snippet/pointerscope-options.js"
}; static const unsigned char snippet_pointerscope_options_js_br[] = {
#embed "../../client-js/snippet/pointerscope-options.js.br"
}; static const unsigned char snippet_pointerscope_options_js_gz[] = {
#embed "../../client-js/snippet/pointerscope-options.js.gz"
}; static const unsigned char snippet_pointerscope_js[] = {
#embed "../../client-js/snippet/pointerscope.js"
}; static const unsigned char snippet_pointerscope_js_br[] = {
#embed "../../client-js/snippet/pointerscope.js.br"
}; static const unsigned char snippet_pointerscope_js_gz[] = {
#embed "../../client-js/snippet/pointerscope.js.gz"
}; static const unsigned char snippet_pointerscope_mjs[] = {
#embed "../../client-js/snippet/pointerscope.mjs"
}; static const unsigned char snippet_pointerscope_mjs_br[] = {
#embed "../../client-js/snippet/pointerscope.mjs.br"
}; static const unsigned char snippet_pointerscope_mjs_gz[] = {
#embed "../../client-js/snippet/pointerscope.mjs.gz"
};

static const ClientAsset assets[] = {
    ASSET("snippet/pointerscope-fallback.js", snippet_pointerscope_fallback_js),
    ASSET("snippet/pointerscope-fallback.js.br", snippet_pointerscope_fallback_js_br),
    ASSET("snippet/pointerscope-fallback.js.gz", snippet_pointerscope_fallback_js_gz),
    ASSET("snippet/pointerscope-live.js", snippet_pointerscope_live_js),
    ASSET("snippet/pointerscope-live.js.br", snippet_pointerscope_live_js_br),
    ASSET("snippet/pointerscope-live.js.gz", snippet_pointerscope_live_js_gz),
    ASSET("snippet/pointerscope-options.js", snippet_pointerscope_options_js),
    ASSET("snippet/pointerscope-options.js.br", snippet_pointerscope_options_js_br),
    ASSET("snippet/pointerscope-options.js.gz", snippet_pointerscope_options_js_gz),
    ASSET("snippet/pointerscope.js", snippet_pointerscope_js),
    ASSET("snippet/pointerscope.js.br", snippet_pointerscope_js_br),
    ASSET("snippet/pointerscope.js.gz", snippet_pointerscope_js_gz),
    ASSET("snippet/pointerscope.mjs", snippet_pointerscope_mjs),
    ASSET("snippet/pointerscope.mjs.br", snippet_pointerscope_mjs_br),
    ASSET("snippet/pointerscope.mjs.gz", snippet_pointerscope_mjs_gz),
};

const AssetFolder snippet_assets = FOLDER(assets);
