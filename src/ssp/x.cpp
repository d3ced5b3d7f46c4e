namespace gemel::ssp {}
