#ifndef POINTERSCOPE_COPENSSL_SHIM_H
#define POINTERSCOPE_COPENSSL_SHIM_H

#include <openssl/rand.h>
#include <openssl/sha.h>

#endif
