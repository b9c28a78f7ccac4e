#include "asset_folder.h"

// What client-js/dashboard has, in order.

static const unsigned char dashboard_activity_js[] = {
#embed "../../client-js/dashboard/activity.js"
}; static const unsigned char dashboard_backoff_js[] = {
#embed "../../client-js/dashboard/backoff.js"
}; static const unsigned char dashboard_clock_js[] = {
#embed "../../client-js/dashboard/clock.js"
}; static const unsigned char dashboard_command_palette_js[] = {
#embed "../../client-js/dashboard/command-palette.js"
}; static const unsigned char dashboard_commands_js[] = {
#embed "../../client-js/dashboard/commands.js"
}; static const unsigned char dashboard_connection_view_js[] = {
#embed "../../client-js/dashboard/connection-view.js"
}; static const unsigned char dashboard_details_view_js[] = {
#embed "../../client-js/dashboard/details-view.js"
}; static const unsigned char dashboard_empty_view_js[] = {
#embed "../../client-js/dashboard/empty-view.js"
}; static const unsigned char dashboard_export_js[] = {
#embed "../../client-js/dashboard/export.js"
}; static const unsigned char dashboard_filter_js[] = {
#embed "../../client-js/dashboard/filter.js"
}; static const unsigned char dashboard_follow_js[] = {
#embed "../../client-js/dashboard/follow.js"
}; static const unsigned char dashboard_followed_path_js[] = {
#embed "../../client-js/dashboard/followed-path.js"
}; static const unsigned char dashboard_format_js[] = {
#embed "../../client-js/dashboard/format.js"
}; static const unsigned char dashboard_health_view_js[] = {
#embed "../../client-js/dashboard/health-view.js"
}; static const unsigned char dashboard_health_js[] = {
#embed "../../client-js/dashboard/health.js"
}; static const unsigned char dashboard_history_js[] = {
#embed "../../client-js/dashboard/history.js"
}; static const unsigned char dashboard_icon_svg[] = {
#embed "../../client-js/dashboard/icon.svg"
}; static const unsigned char dashboard_index_html[] = {
#embed "../../client-js/dashboard/index.html"
}; static const unsigned char dashboard_journal_view_js[] = {
#embed "../../client-js/dashboard/journal-view.js"
}; static const unsigned char dashboard_journal_js[] = {
#embed "../../client-js/dashboard/journal.js"
}; static const unsigned char dashboard_keyboard_js[] = {
#embed "../../client-js/dashboard/keyboard.js"
}; static const unsigned char dashboard_label_cache_js[] = {
#embed "../../client-js/dashboard/label-cache.js"
}; static const unsigned char dashboard_layout_css[] = {
#embed "../../client-js/dashboard/layout.css"
}; static const unsigned char dashboard_limits_js[] = {
#embed "../../client-js/dashboard/limits.js"
}; static const unsigned char dashboard_look_js[] = {
#embed "../../client-js/dashboard/look.js"
}; static const unsigned char dashboard_main_js[] = {
#embed "../../client-js/dashboard/main.js"
}; static const unsigned char dashboard_map_labels_js[] = {
#embed "../../client-js/dashboard/map-labels.js"
}; static const unsigned char dashboard_map_layout_js[] = {
#embed "../../client-js/dashboard/map-layout.js"
}; static const unsigned char dashboard_map_place_js[] = {
#embed "../../client-js/dashboard/map-place.js"
}; static const unsigned char dashboard_map_pointers_js[] = {
#embed "../../client-js/dashboard/map-pointers.js"
}; static const unsigned char dashboard_map_scene_js[] = {
#embed "../../client-js/dashboard/map-scene.js"
}; static const unsigned char dashboard_map_titles_js[] = {
#embed "../../client-js/dashboard/map-titles.js"
}; static const unsigned char dashboard_map_trails_js[] = {
#embed "../../client-js/dashboard/map-trails.js"
}; static const unsigned char dashboard_map_view_js[] = {
#embed "../../client-js/dashboard/map-view.js"
}; static const unsigned char dashboard_message_parts_js[] = {
#embed "../../client-js/dashboard/message-parts.js"
}; static const unsigned char dashboard_narrowing_js[] = {
#embed "../../client-js/dashboard/narrowing.js"
}; static const unsigned char dashboard_occupancy_js[] = {
#embed "../../client-js/dashboard/occupancy.js"
}; static const unsigned char dashboard_order_js[] = {
#embed "../../client-js/dashboard/order.js"
}; static const unsigned char dashboard_pages_view_js[] = {
#embed "../../client-js/dashboard/pages-view.js"
}; static const unsigned char dashboard_pages_js[] = {
#embed "../../client-js/dashboard/pages.js"
}; static const unsigned char dashboard_palette_js[] = {
#embed "../../client-js/dashboard/palette.js"
}; static const unsigned char dashboard_paper_js[] = {
#embed "../../client-js/dashboard/paper.js"
}; static const unsigned char dashboard_path_halves_js[] = {
#embed "../../client-js/dashboard/path-halves.js"
}; static const unsigned char dashboard_pause_js[] = {
#embed "../../client-js/dashboard/pause.js"
}; static const unsigned char dashboard_picture_js[] = {
#embed "../../client-js/dashboard/picture.js"
}; static const unsigned char dashboard_place_js[] = {
#embed "../../client-js/dashboard/place.js"
}; static const unsigned char dashboard_poll_source_js[] = {
#embed "../../client-js/dashboard/poll-source.js"
}; static const unsigned char dashboard_ripples_js[] = {
#embed "../../client-js/dashboard/ripples.js"
}; static const unsigned char dashboard_rooms_css[] = {
#embed "../../client-js/dashboard/rooms.css"
}; static const unsigned char dashboard_screen_js[] = {
#embed "../../client-js/dashboard/screen.js"
}; static const unsigned char dashboard_selection_js[] = {
#embed "../../client-js/dashboard/selection.js"
}; static const unsigned char dashboard_session_view_js[] = {
#embed "../../client-js/dashboard/session-view.js"
}; static const unsigned char dashboard_session_js[] = {
#embed "../../client-js/dashboard/session.js"
}; static const unsigned char dashboard_shared_stream_js[] = {
#embed "../../client-js/dashboard/shared-stream.js"
}; static const unsigned char dashboard_shared_worker_js[] = {
#embed "../../client-js/dashboard/shared-worker.js"
}; static const unsigned char dashboard_sieve_js[] = {
#embed "../../client-js/dashboard/sieve.js"
}; static const unsigned char dashboard_sparkline_js[] = {
#embed "../../client-js/dashboard/sparkline.js"
}; static const unsigned char dashboard_strangers_js[] = {
#embed "../../client-js/dashboard/strangers.js"
}; static const unsigned char dashboard_stream_hub_js[] = {
#embed "../../client-js/dashboard/stream-hub.js"
}; static const unsigned char dashboard_stream_line_js[] = {
#embed "../../client-js/dashboard/stream-line.js"
}; static const unsigned char dashboard_stream_tab_js[] = {
#embed "../../client-js/dashboard/stream-tab.js"
}; static const unsigned char dashboard_stream_js[] = {
#embed "../../client-js/dashboard/stream.js"
}; static const unsigned char dashboard_strip_view_js[] = {
#embed "../../client-js/dashboard/strip-view.js"
}; static const unsigned char dashboard_theme_css[] = {
#embed "../../client-js/dashboard/theme.css"
}; static const unsigned char dashboard_theme_js[] = {
#embed "../../client-js/dashboard/theme.js"
}; static const unsigned char dashboard_totals_js[] = {
#embed "../../client-js/dashboard/totals.js"
}; static const unsigned char dashboard_trails_js[] = {
#embed "../../client-js/dashboard/trails.js"
}; static const unsigned char dashboard_view_time_js[] = {
#embed "../../client-js/dashboard/view-time.js"
}; static const unsigned char dashboard_views_css[] = {
#embed "../../client-js/dashboard/views.css"
}; static const unsigned char dashboard_visitor_list_js[] = {
#embed "../../client-js/dashboard/visitor-list.js"
}; static const unsigned char dashboard_visitor_row_js[] = {
#embed "../../client-js/dashboard/visitor-row.js"
}; static const unsigned char dashboard_visitor_table_js[] = {
#embed "../../client-js/dashboard/visitor-table.js"
}; static const unsigned char dashboard_visits_js[] = {
#embed "../../client-js/dashboard/visits.js"
}; static const unsigned char dashboard_write_js[] = {
#embed "../../client-js/dashboard/write.js"
};

static const ClientAsset assets[] = {
    ASSET("dashboard/activity.js", dashboard_activity_js),
    ASSET("dashboard/backoff.js", dashboard_backoff_js),
    ASSET("dashboard/clock.js", dashboard_clock_js),
    ASSET("dashboard/command-palette.js", dashboard_command_palette_js),
    ASSET("dashboard/commands.js", dashboard_commands_js),
    ASSET("dashboard/connection-view.js", dashboard_connection_view_js),
    ASSET("dashboard/details-view.js", dashboard_details_view_js),
    ASSET("dashboard/empty-view.js", dashboard_empty_view_js),
    ASSET("dashboard/export.js", dashboard_export_js),
    ASSET("dashboard/filter.js", dashboard_filter_js),
    ASSET("dashboard/follow.js", dashboard_follow_js),
    ASSET("dashboard/followed-path.js", dashboard_followed_path_js),
    ASSET("dashboard/format.js", dashboard_format_js),
    ASSET("dashboard/health-view.js", dashboard_health_view_js),
    ASSET("dashboard/health.js", dashboard_health_js),
    ASSET("dashboard/history.js", dashboard_history_js),
    ASSET("dashboard/icon.svg", dashboard_icon_svg),
    ASSET("dashboard/index.html", dashboard_index_html),
    ASSET("dashboard/journal-view.js", dashboard_journal_view_js),
    ASSET("dashboard/journal.js", dashboard_journal_js),
    ASSET("dashboard/keyboard.js", dashboard_keyboard_js),
    ASSET("dashboard/label-cache.js", dashboard_label_cache_js),
    ASSET("dashboard/layout.css", dashboard_layout_css),
    ASSET("dashboard/limits.js", dashboard_limits_js),
    ASSET("dashboard/look.js", dashboard_look_js),
    ASSET("dashboard/main.js", dashboard_main_js),
    ASSET("dashboard/map-labels.js", dashboard_map_labels_js),
    ASSET("dashboard/map-layout.js", dashboard_map_layout_js),
    ASSET("dashboard/map-place.js", dashboard_map_place_js),
    ASSET("dashboard/map-pointers.js", dashboard_map_pointers_js),
    ASSET("dashboard/map-scene.js", dashboard_map_scene_js),
    ASSET("dashboard/map-titles.js", dashboard_map_titles_js),
    ASSET("dashboard/map-trails.js", dashboard_map_trails_js),
    ASSET("dashboard/map-view.js", dashboard_map_view_js),
    ASSET("dashboard/message-parts.js", dashboard_message_parts_js),
    ASSET("dashboard/narrowing.js", dashboard_narrowing_js),
    ASSET("dashboard/occupancy.js", dashboard_occupancy_js),
    ASSET("dashboard/order.js", dashboard_order_js),
    ASSET("dashboard/pages-view.js", dashboard_pages_view_js),
    ASSET("dashboard/pages.js", dashboard_pages_js),
    ASSET("dashboard/palette.js", dashboard_palette_js),
    ASSET("dashboard/paper.js", dashboard_paper_js),
    ASSET("dashboard/path-halves.js", dashboard_path_halves_js),
    ASSET("dashboard/pause.js", dashboard_pause_js),
    ASSET("dashboard/picture.js", dashboard_picture_js),
    ASSET("dashboard/place.js", dashboard_place_js),
    ASSET("dashboard/poll-source.js", dashboard_poll_source_js),
    ASSET("dashboard/ripples.js", dashboard_ripples_js),
    ASSET("dashboard/rooms.css", dashboard_rooms_css),
    ASSET("dashboard/screen.js", dashboard_screen_js),
    ASSET("dashboard/selection.js", dashboard_selection_js),
    ASSET("dashboard/session-view.js", dashboard_session_view_js),
    ASSET("dashboard/session.js", dashboard_session_js),
    ASSET("dashboard/shared-stream.js", dashboard_shared_stream_js),
    ASSET("dashboard/shared-worker.js", dashboard_shared_worker_js),
    ASSET("dashboard/sieve.js", dashboard_sieve_js),
    ASSET("dashboard/sparkline.js", dashboard_sparkline_js),
    ASSET("dashboard/strangers.js", dashboard_strangers_js),
    ASSET("dashboard/stream-hub.js", dashboard_stream_hub_js),
    ASSET("dashboard/stream-line.js", dashboard_stream_line_js),
    ASSET("dashboard/stream-tab.js", dashboard_stream_tab_js),
    ASSET("dashboard/stream.js", dashboard_stream_js),
    ASSET("dashboard/strip-view.js", dashboard_strip_view_js),
    ASSET("dashboard/theme.css", dashboard_theme_css),
    ASSET("dashboard/theme.js", dashboard_theme_js),
    ASSET("dashboard/totals.js", dashboard_totals_js),
    ASSET("dashboard/trails.js", dashboard_trails_js),
    ASSET("dashboard/view-time.js", dashboard_view_time_js),
    ASSET("dashboard/views.css", dashboard_views_css),
    ASSET("dashboard/visitor-list.js", dashboard_visitor_list_js),
    ASSET("dashboard/visitor-row.js", dashboard_visitor_row_js),
    ASSET("dashboard/visitor-table.js", dashboard_visitor_table_js),
    ASSET("dashboard/visits.js", dashboard_visits_js),
    ASSET("dashboard/write.js", dashboard_write_js),
};

const AssetFolder dashboard_assets = FOLDER(assets);
