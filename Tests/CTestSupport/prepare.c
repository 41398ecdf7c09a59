#include "CTestSupport.h"

/// In TestSupport: calls `Sandbox.prepare()`.
void cairn_prepare_sandbox(void);

/// Tests begin with several threads, from which a process should not be forked.
__attribute__((constructor)) static void prepare(void) { cairn_prepare_sandbox(); }
