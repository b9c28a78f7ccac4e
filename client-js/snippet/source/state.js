/**
 * What the parts of the snippet share. Names that begin with `_` are shortened when it is built, the same in
 * every file, so that files loaded later find them. What is not set counts as 0.
 *
 * | name | what it is |
 * |---|---|
 * | `_home`, `_endpoint` | where samples are to go, and where they go now; 0 stops everything |
 * | `_transport` | what makes connections: WebSocket, or a class that looks like it |
 * | `_socket`, `_live`, `_ready` | the connection, open or not; once it is open; whether the server said welcome |
 * | `_end`, `_count`, `_clock` | where the message's next byte goes, messages so far, epoch ms of the newest record |
 * | `_x`, `_y`, `_left`, `_top`, `_wide`, `_high` | the pointer's place in the window, scroll offset and size of the document, as the server knows them |
 * | `_flags`, `_type` | of the hello: 1 the pointer is on the page, 2 the page is visible, 4 a name follows; mouse, pen or touch |
 * | `_path()`, `_load(name)`, `_leave()` | the page's path as it is told; brings another file; says goodbye |
| `_cap` | moves a second that the tag allows |
 * | `_flush()`, `_late()`, `_name()` | sends what waits; writes the move that waits; appends the name to the hello |
 */
export const me = { _flags: 2 };
