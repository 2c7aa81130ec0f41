"""The Jupyter project's own tests of a kernel, with our samples: every test that it has must find one."""

import os
import sys
import unittest

import jupyter_kernel_test

KERNEL = os.environ["KERNEL_NAME"]


class Kernel(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world');"
    code_stderr = "console.error('to the other stream');"

    completion_samples = [
        {"text": "Number.isSafe", "matches": {"isSafeInteger"}},
        {"text": "'abc'.toLower", "matches": {"toLowerCase"}},
        {"text": "'👁'.padSt", "matches": {"padStart"}},
    ]
    complete_code_samples = ["", "1 + 1", "const a = [1, 2];", "for (const x of [1]) {\n  x;\n}", "await (async () => 1)()", "Math.max?"]
    incomplete_code_samples = ["for (;;) {", "const a = [1,", "`a ${1 +", "a +", "/* why", "if (true)", "class A {\n  m(x: number)"]
    invalid_code_samples = ["const = 3", "foo )", "'abc\nlet b = 2", "a b c", "}"]

    code_page_something = "Math.max?"
    code_generate_error = "throw new Error('on purpose');"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>7</b>' }) })", "result": "<b>7</b>", "mime": "text/html"},
        {"code": "6 * 7 // again", "result": "42"},
    ]
    code_display_data = [
        {"code": f"import {{ display }} from 'tslab';\ndisplay.{call};", "mime": mime}
        for call, mime in [
            ("html('<b>here</b>')", "text/html"),
            ("markdown('**here**')", "text/markdown"),
            ("svg('<svg/>')", "image/svg+xml"),
            ("png(new Uint8Array([137, 80, 78, 71]))", "image/png"),
            ("raw('application/vnd.vegalite.v5+json', { mark: 'point' } as never)", "application/vnd.vegalite.v5+json"),
        ]
    ]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 ?*7"
    code_inspect_sample = "Math.max"
    code_clear_output = "import { clearOutput } from 'fovea';\nclearOutput({ wait: true });"


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(testRunner=unittest.TextTestRunner(stream=sys.stdout, verbosity=2))  # the kernels log to stderr
