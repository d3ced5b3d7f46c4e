// One thread of python3, by its own clock.

#include "forest_peer.hpp"

#include <array>
#include <cstdio>
#include <memory>

#include "base/text.hpp"

namespace gemel::bench {
namespace {

constexpr const char* kScript =
    "import sys,time\n"
    "import numpy as np\n"
    "from sklearn.ensemble import IsolationForest\n"
    "t,f,n=map(int,sys.argv[1:])\n"
    "r=np.random.default_rng(1)\n"
    "m=IsolationForest(n_estimators=t,max_samples=256,random_state=1,n_jobs=1).fit(r.normal(size=("
    "4096,f)))\n"
    "x=r.normal(size=(n,f))\n"
    "best=0\n"
    "for _ in range(3):\n"
    "  s=time.process_time();m.score_samples(x);best=max(best,n/(time.process_time()-s))\n"
    "print(best)\n";

}  // namespace

Result<double> peer_points_per_s(std::size_t trees, std::size_t features, std::size_t points) {
  // GEMEL_PYTHON may name an environment that has scikit-learn. Nothing but numbers goes into the
  // command.
  const std::string command =
      "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 ${GEMEL_PYTHON:-python3} -c '" +
      std::string(kScript) + "' " + std::to_string(trees) + " " + std::to_string(features) + " " +
      std::to_string(points) + " 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string answer;
  std::array<char, 128> chunk{};
  while (pipe && std::fgets(chunk.data(), chunk.size(), pipe.get()) != nullptr)
    answer += chunk.data();
  double rate = 0.0;
  if (text::parse_number(text::trim(answer), rate)) return rate;
  return Error{ErrorCode::NotFound,
               "python3 has no scikit-learn here (set GEMEL_PYTHON to one that has)"};
}

}  // namespace gemel::bench
