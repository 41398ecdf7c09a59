// Nothing is called from here: prepare.c runs before `main`.
#pragma once
