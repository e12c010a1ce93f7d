# Runs a command at a real pseudo-terminal and types keys: waits for each text to appear, then sends what belongs to it.
# stdin: {"argv", "cwd", "env", "steps": [[wait_for, keys], ...], "seconds"}; stdout: {"code", "output", "restored", "missing"}.
import fcntl, json, os, pty, select, struct, subprocess, sys, termios, time

plan = json.load(sys.stdin)
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
before = termios.tcgetattr(slave)


def own_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


child = subprocess.Popen(
    plan["argv"], cwd=plan["cwd"], env=plan["env"], stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_terminal
)
output, seen, steps, missing = b"", 0, list(plan["steps"]), None
deadline = time.time() + plan["seconds"]
while time.time() < deadline:
    if select.select([master], [], [], 0.05)[0]:
        output += os.read(master, 65536)
    elif child.poll() is not None:
        break
    while steps and (at := output.find(steps[0][0].encode(), seen)) >= 0:
        seen = at + len(steps[0][0].encode())
        os.write(master, steps.pop(0)[1].encode())
if child.poll() is None:
    missing = "the end"
    child.kill()
if steps:
    missing = steps[0][0]
code = child.wait()
restored = termios.tcgetattr(slave)[:4] == before[:4]
json.dump({"code": code, "output": output.decode("utf8", "replace"), "restored": restored, "missing": missing}, sys.stdout)
