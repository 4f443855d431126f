#include "source/content_kind.h"
