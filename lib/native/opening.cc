// How TensorFlow's libraries are opened.
//
// While they open they log two lines to standard error, before any setting of theirs is read: between `enter()` and
// `leave()` standard error points elsewhere. Errors of opening are thrown, not written, so nothing is lost.
//
// Opening takes half a second: `begin()` starts it in a thread of its own, which opens them as the binding will, bound to
// their own symbols; `finish()` waits for it. In between nobody may set a variable of the environment: they are read there.
//
// Opening reads most of their 600 MB, to bind some million addresses, and 250 MB of it would stay in this process for good:
// `release()` gives these pages back. They are the file's own, unchanged, so what is needed again comes from the system's
// file cache in a few milliseconds.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __linux__
#include <link.h>
#endif

#include <cstring>
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

#ifdef __linux__
int ReleaseLibrary(dl_phdr_info* library, size_t, void*) {
  if (library->dlpi_name == nullptr || std::strstr(library->dlpi_name, "libtensorflow") == nullptr) return 0;
  const uintptr_t page = sysconf(_SC_PAGESIZE);
  for (int i = 0; i < library->dlpi_phnum; i++) {
    const ElfW(Phdr)& part = library->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;  // what may be written may differ from the file
    const uintptr_t from = (library->dlpi_addr + part.p_vaddr) / page * page;
    const uintptr_t to = library->dlpi_addr + part.p_vaddr + part.p_memsz;
    madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
  }
  return 0;
}
#endif

void Release() {
#ifdef __linux__
  dl_iterate_phdr(ReleaseLibrary, nullptr);
#endif
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
  Name<Release>(env, exports, "release");
  return exports;
}
