// TensorFlow's own threads: a pool of ours beside them would fight for the same cores. The C interface does not hand them out, so
// this file alone has TensorFlow's C++ headers; there TF_OpKernelContext is a cast OpKernelContext (tensorflow/c/kernels.cc).
#include "kernel.h"
#include "tensorflow/core/framework/op_kernel.h"

namespace fovea {
namespace {

const tensorflow::DeviceBase::CpuWorkerThreads& threads(TF_OpKernelContext* context) {
  return *reinterpret_cast<tensorflow::OpKernelContext*>(context)->device()->tensorflow_cpu_worker_threads();
}

}  // namespace

int threadsOf(TF_OpKernelContext* context) { return threads(context).num_threads; }

void onThreads(TF_OpKernelContext* context, int count, const std::function<void(int)>& body) {
  threads(context).workers->ParallelFor(count, tensorflow::thread::ThreadPool::SchedulingParams::Fixed(1), [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; part++) body(static_cast<int>(part));
  });
}

}  // namespace fovea
