#include "pointerscope_shims.h"
