// The program that serves FMUs in processes of their own, for tests.

#include "fmu/own_process.hpp"

int main() { return gemel::fmu::serve_own_process(); }
