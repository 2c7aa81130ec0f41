// How TensorFlow's libraries are opened.
//
// While they open they log two lines to standard error, before any setting of theirs is read: between `enter()` and
// `leave()` standard error points elsewhere. Errors of opening are thrown, not written, so nothing is lost.
//
// Opening takes half a second: `begin()` starts it in a thread of its own, which opens them as the binding will, bound to
// their own symbols; `finish()` waits for it. In between nobody may set a variable of the environment: they are read there.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <mutex>
#include <thread>

namespace {
std::mutex guard;
int inside = 0;
int kept = -1;
std::thread* opening = nullptr;  // never destroyed: a process may exit while it runs

void Enter() {
  const std::lock_guard<std::mutex> lock(guard);
  if (inside++ > 0) return;
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (kept >= 0) dup2(nowhere, STDERR_FILENO);
  close(nowhere);
}

void Leave() {
  const std::lock_guard<std::mutex> lock(guard);
  if (--inside > 0 || kept < 0) return;
  dup2(kept, STDERR_FILENO);
  close(kept);
  kept = -1;
}

void Begin() {
#ifdef RTLD_DEEPBIND
  if (opening != nullptr) return;
  Enter();
  opening = new std::thread([] {
    dlopen("libtensorflow_cc.so.2", RTLD_NOW | RTLD_DEEPBIND);
    Leave();
  });
#endif
}

void Finish() {
  if (opening != nullptr && opening->joinable()) opening->join();
}

template <void (*action)()>
napi_value Call(napi_env, napi_callback_info) {
  action();
  return nullptr;
}

template <void (*action)()>
void Name(napi_env env, napi_value exports, const char* name) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, Call<action>, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}
}  // namespace

NAPI_MODULE_INIT() {
  Name<Enter>(env, exports, "enter");
  Name<Leave>(env, exports, "leave");
  Name<Begin>(env, exports, "begin");
  Name<Finish>(env, exports, "finish");
  return exports;
}
