// libwslay, another reader of WebSocket frames; only the fuzzer has it.
#include <wslay/wslay.h>
