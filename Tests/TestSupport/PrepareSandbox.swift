import CTestSupport
import Sandbox

/// Called before `main`, while the process has one thread.
@_cdecl("cairn_prepare_sandbox")
func prepareSandbox() { Sandbox.prepare() }
