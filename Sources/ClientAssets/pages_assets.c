#include "asset_folder.h"

// What client-js/pages has, in order.

static const unsigned char pages_first_admin_html[] = {
#embed "../../client-js/pages/first-admin.html"
}; static const unsigned char pages_notice_html[] = {
#embed "../../client-js/pages/notice.html"
}; static const unsigned char pages_sign_in_html[] = {
#embed "../../client-js/pages/sign-in.html"
}; static const unsigned char pages_style_css[] = {
#embed "../../client-js/pages/style.css"
}; static const unsigned char pages_take_over_html[] = {
#embed "../../client-js/pages/take-over.html"
};

static const ClientAsset assets[] = {
    ASSET("pages/first-admin.html", pages_first_admin_html),
    ASSET("pages/notice.html", pages_notice_html),
    ASSET("pages/sign-in.html", pages_sign_in_html),
    ASSET("pages/style.css", pages_style_css),
    ASSET("pages/take-over.html", pages_take_over_html),
};

const AssetFolder pages_assets = FOLDER(assets);
