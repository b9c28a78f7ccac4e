/**
 * What the parts of the snippet share. Names that begin with `_` are shortened when it is built, the same in
 * every file, so that files loaded later find them. What is not set counts as 0.
 *
 * | name | what it is |
 * |---|---|
 * | `_home`, `_endpoint` | where samples are to go, and where they go now; 0 stops everything |
 * | `_transport` | what makes connections: WebSocket, or a class that looks like it |
 * | `_socket`, `_live`, `_ready` | the connection, open or not; once it is open; once it was welcome |
 * | `_end`, `_count`, `_clock` | where the next byte goes, messages so far, epoch ms of the newest record |
 * | `_x`, `_y` | the pointer's place in the window, as the server knows it |
 * | `_left`, `_top`, `_wide`, `_high` | scroll offset and size of the document, as the server knows them |
 * | `_flags` | of the hello: 1 the pointer is on the page, 2 the page is visible, 4 a name follows |
 * | `_type` | 1 mouse, 2 pen, 3 touch |
 * | `_path()`, `_load(name)`, `_leave()` | the path as it is told; brings another file; says goodbye |
 * | `_cap` | moves a second that the tag allows |
 * | `_works` | what the core's listeners do, by the types of their events |
 * | `_flush()`, `_late()`, `_name()` | sends what waits; writes the move that waits; appends the name |
 */
export const me = { _flags: 2 };
