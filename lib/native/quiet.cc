// TensorFlow's libraries log two lines to standard error while they are opened, before any setting of theirs is read.
// `quiet()` points standard error elsewhere for that moment, a second call points it back. Errors of opening are thrown,
// not written, so nothing is lost.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

namespace {
int kept = -1;

napi_value Quiet(napi_env, napi_callback_info) {
  if (kept >= 0) {
    dup2(kept, STDERR_FILENO);
    close(kept);
    kept = -1;
    return nullptr;
  }
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return nullptr;
  kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (kept >= 0) dup2(nowhere, STDERR_FILENO);
  close(nowhere);
  return nullptr;
}
}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "quiet", NAPI_AUTO_LENGTH, Quiet, nullptr, &function);
  napi_set_named_property(env, exports, "quiet", function);
  return exports;
}
