#include "surrogates/stand_in.hpp"

#include <gtest/gtest.h>
