"""A folder of a server's own: nobody else sees what it writes beside itself.

The folder stays where it is, and so do all paths: in a mount namespace an overlay lies on it,
whose lower layer is the folder and whose upper one is in memory. The source is the kernel's
Documentation/filesystems/overlayfs.rst.
"""

import contextlib
import os

from . import kernel

_PRIVATE = 1 << 18 | 1 << 14  # MS_PRIVATE | MS_REC, linux/mount.h
_NO_DEVICES = 1 << 1 | 1 << 2  # MS_NOSUID | MS_NODEV
_DETACH = 2  # MNT_DETACH
_ROOM = "512m"  # for all that one server writes


def enter_own(folder: str) -> None:
    """Move this process to a mount namespace in which the folder is its own. Raises OSError."""
    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.call("mount", None, b"/", None, _PRIVATE, None)
    place = os.fsencode(folder)
    lower = os.open(folder, os.O_PATH)
    try:
        mode = os.fstat(lower).st_mode & 0o7777
        options = f"size={_ROOM},mode={mode:o}".encode()
        kernel.call("mount", b"tmpfs", place, b"tmpfs", _NO_DEVICES, options)
        try:
            for name in ("upper", "work"):
                os.mkdir(os.path.join(folder, name), mode)  # noqa: PTH102, PTH118
            # By its descriptor: the path may have characters that mean something in options.
            layers = f"lowerdir=/proc/self/fd/{lower},upperdir=upper,workdir=work,userxattr"
            before = os.open(".", os.O_PATH)
            try:
                os.chdir(folder)
                kernel.call("mount", b"overlay", place, b"overlay", _NO_DEVICES, layers.encode())
            finally:
                os.fchdir(before)
                os.close(before)
        except OSError:
            with contextlib.suppress(OSError):
                kernel.call("umount2", place, _DETACH)
            raise
    finally:
        os.close(lower)
