/* What the build was told about itself; Package.swift passes it on from the environment. */
#include "pointerscope_shims.h"

#ifndef POINTERSCOPE_COMMIT
#define POINTERSCOPE_COMMIT "unknown"
#endif
#ifndef POINTERSCOPE_TOOLCHAIN
#define POINTERSCOPE_TOOLCHAIN "unknown"
#endif

const char *ps_build_commit(void) { return POINTERSCOPE_COMMIT; }

const char *ps_build_toolchain(void) { return POINTERSCOPE_TOOLCHAIN; }
