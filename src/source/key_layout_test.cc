#include "source/key_layout.h"
