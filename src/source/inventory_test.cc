#include "source/inventory.h"
