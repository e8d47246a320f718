"""web.py - what the tests of the web application share: an installed tree, a
database from the lab, requests over CGI and HTTP, real servers on free ports.

Everything lies below the test's own folder; what was started is ended at the end.
"""
import atexit
import grp
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/lab", os.environ["TRACK_SRC"] + "/tests/tap"]
import kit  # noqa: E402
import tap  # noqa: E402

tap.need_lab()
ROOT = os.geteuid() == 0
SERVER_USER = "www-data"
HAVE_USER = ROOT and SERVER_USER in [u.pw_name for u in pwd.getpwall()]
SBIN = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin"
_started = []
with open(tap.BUILD + "/codex-track.fcgi", "rb") as _f:
    SANITIZED = b"__asan_init" in _f.read()


def program(name):
    """Path of a server's program, None when it is not installed."""
    return shutil.which(name, path=SBIN)


def need(*names):
    """End the test where a server is missing: skipped, or with CI set failed."""
    lost = [n for n in names if program(n) is None]
    if not lost:
        return
    if os.environ.get("CI"):
        print(f"1..1\nnot ok 1 - {', '.join(lost)} not installed")
    else:
        print(f"1..0 # SKIP not installed: {', '.join(lost)}")
    sys.exit(1 if os.environ.get("CI") else 0)


# sockets have short names, and the servers' user must come through: not below the build folder
TOP = subprocess.run(["mktemp", "-d", "/tmp/ctw.XXXXXX"], capture_output=True, text=True,
                     check=True).stdout.strip()
atexit.register(tap.remove, TOP)
os.chmod(TOP, 0o755)


def folder(name, mode=0o755):
    path = os.path.join(TOP, name)
    os.makedirs(path, exist_ok=True)
    os.chmod(path, mode)
    return path


def tree():
    """An installed tree; the path of its bin folder. The programs find the rest by themselves."""
    top = os.path.join(TOP, "tree")
    share = top + "/share/codex-track"
    if os.path.isdir(top):
        return top + "/bin"
    os.makedirs(top + "/bin")
    os.makedirs(top + "/libexec/codex-track")
    shutil.copytree(tap.SRC + "/conf", share)
    os.chmod(share, 0o755)  # the sources may be read-only, and folders with them
    shutil.copytree(f"{tap.SRC}/templates", f"{share}/templates")
    shutil.copytree(f"{tap.BUILD}/hashed", f"{share}/static")
    os.chmod(share + "/static", 0o755)
    with open(share + "/static/test.css", "w", encoding="utf-8") as f:
        f.write("p { color: red }\n")
    for base, dirs, names in os.walk(share):
        for n in dirs + names:
            path = os.path.join(base, n)
            os.chmod(path, 0o755 if os.path.isdir(path) else 0o644)
    os.chmod(share, 0o755)
    shutil.copy(tap.BUILD + "/codex-track", top + "/bin/codex-track")
    shutil.copy(tap.BUILD + "/codex-track.fcgi", top + "/libexec/codex-track/codex-track.fcgi")
    return top + "/bin"


def fcgi():
    return os.path.join(os.path.dirname(tree()), "libexec/codex-track/codex-track.fcgi")


def environment(db, **more):
    """Variables of a worker, and nothing of the caller's."""
    env = {"PATH": SBIN, "HOME": os.path.join(TOP, "no-home"), "LC_ALL": "C.UTF-8", "CODEX_USAGE_DB": db,
           "CODEX_USAGE_CONFIG": "/dev/null", "CODEX_USAGE_NOW": kit.NOW, "CODEX_USAGE_STRICT": "1"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(more)
    return env


def database(name, *labs):
    """A database of its owner alone, filled from folders of the lab; its path."""
    db = os.path.join(folder(name, 0o700), "usage.sqlite")
    kit.ingest(db, *[a for lab in labs for a in ("--home", kit.home(lab))])
    return db


class Answer:
    """Status, headers (lower case names) and body of an answer."""

    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.headers = {k.lower(): v for k, v in headers}

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:300]!r}"


def cgi(db, uri, method="GET", host="localhost", prefix="", env=None, **more):
    """One request as CGI; MORE are header variables (HTTP_ACCEPT=…). Returns (Answer, stderr)."""
    variables = environment(db, REQUEST_METHOD=method, REQUEST_URI=uri, SCRIPT_NAME=prefix, HTTP_HOST=host,
                            QUERY_STRING=uri.partition("?")[2], GATEWAY_INTERFACE="CGI/1.1",
                            SERVER_PROTOCOL="HTTP/1.1")
    variables.update(env or {})
    variables.update(more)
    p = subprocess.run([fcgi()], env=variables, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    head, _, body = p.stdout.partition(b"\r\n\r\n")
    lines = head.decode("utf-8").split("\r\n")
    if not lines[0].startswith("Status: ") or p.returncode != 0:  # a sanitizer's finding is a status, too
        raise kit.Failed(f"{uri}: exit {p.returncode}, {p.stdout[:200]!r}, {p.stderr.decode()[-2000:]}")
    return Answer(int(lines[0].split()[1]), [s.split(": ", 1) for s in lines[1:]], body), p.stderr.decode()


# ------------------------------------------------------------------- servers

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(argv, **how):
    """Start a process of a group of its own; ended at the end."""
    p = subprocess.Popen(argv, start_new_session=True, **how)
    _started.append(p)
    return p


def stop(p, number=signal.SIGTERM):
    """End a process, its group behind it; its status."""
    if p.poll() is None:
        p.send_signal(number)
    try:
        p.wait(10)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()
    try:
        os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return p.returncode


def stop_all():
    for p in _started:
        stop(p)
    _started.clear()


atexit.register(stop_all)


def wait_for(check, what, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.02)
    tap.diag(f"waited in vain for {what}")
    return False


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def get(port, path, method="GET", headers=None):
    """One request over HTTP; the path goes out as it is."""
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        c.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        all_headers = {"Host": "localhost", **(headers or {})}
        for k, v in all_headers.items():
            c.putheader(k, v)
        c.endheaders()
        r = c.getresponse()
        return Answer(r.status, r.getheaders(), r.read())
    finally:
        c.close()


class Workers:
    """Workers on a Unix socket of their own, as systemd would have them: the socket
    belongs to the server's group, the workers run as we do and are replaced when they end."""

    def __init__(self, name, db, n=2, listen_fds=False, env=None, program=None):
        self.path = os.path.join(TOP, name + ".sock")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen(128)
        os.chmod(self.path, 0o660)
        if HAVE_USER:
            os.chown(self.path, -1, grp.getgrnam(SERVER_USER).gr_gid)
        self.env = environment(db, **(env or {}))
        self.argv = [program or fcgi()]
        self.listen_fds = listen_fds
        self.log = open(self.path + ".log", "wb")
        self.all = [self.one() for _ in range(n)]

    def one(self):
        if not self.listen_fds:
            return start(self.argv, stdin=self.socket, stderr=self.log, stdout=self.log, env=self.env)
        script = "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec " + " ".join(self.argv)
        return start(["/bin/sh", "-c", script], stdin=self.socket, stderr=self.log, stdout=self.log, env=self.env)

    def replace(self):
        """Put a new one at the place of each that ended; how many."""
        gone = [i for i, p in enumerate(self.all) if p.poll() is not None]
        for i in gone:
            self.all[i] = self.one()
        return len(gone)

    def logged(self):
        with open(self.log.name, encoding="utf-8") as f:
            return f.read()

    def end(self):
        for p in self.all:
            stop(p)
        self.socket.close()
        self.log.close()
        said = self.logged()
        tap.ok("Sanitizer" not in said and "runtime error" not in said, "no finding of a sanitizer", said[-3000:])


def conf(db, *argv):
    """What `codex-track conf` prints."""
    status, out, err = tap.run(tree() + "/codex-track", "conf", *argv, "--db", db, env={"CODEX_USAGE_DATADIR": ""})
    if status != 0:
        raise kit.Failed(f"conf {argv}: {status} {err}")
    return out


def lighttpd(snippet, as_owner, env=None):
    """lighttpd with SNIPPET; (process, port). Not AS_OWNER: as the servers' user when we are root."""
    port = free_port()
    top = folder(f"lighttpd-{port}")
    with open(top + "/conf", "w", encoding="utf-8") as f:
        f.write(f'server.document-root = "{folder("htdocs")}"\nserver.bind = "127.0.0.1"\n'
                f'server.port = {port}\nserver.errorlog = "{top}/log"\n')
        if HAVE_USER and not as_owner:
            f.write(f'server.username = "{SERVER_USER}"\nserver.groupname = "{SERVER_USER}"\n')
        f.write(snippet)
    if HAVE_USER and not as_owner:
        shutil.chown(top, SERVER_USER, SERVER_USER)
    with open(top + "/stderr", "wb") as f:  # its workers' too
        p = start([program("lighttpd"), "-D", "-f", top + "/conf"], env=env, stdin=subprocess.DEVNULL, stderr=f)
    wait_for(lambda: answers(port) or p.poll() is not None, f"lighttpd, see {top}/log")
    return p, port


def nginx(snippet, as_owner=False):
    """nginx with SNIPPET in its server; (process, port)."""
    port = free_port()
    top = folder(f"nginx-{port}")
    for name in ("body", "fastcgi", "proxy", "scgi", "uwsgi"):
        os.mkdir(f"{top}/{name}")
        if HAVE_USER and not as_owner:
            shutil.chown(f"{top}/{name}", SERVER_USER, SERVER_USER)
    with open(top + "/conf", "w", encoding="utf-8") as f:
        f.write((f"user {SERVER_USER};\n" if HAVE_USER and not as_owner else "") +
                f"daemon off; worker_processes 1; pid {top}/pid; error_log {top}/log;\n"
                "events { worker_connections 256; }\nhttp {\naccess_log off;\n"
                f"client_body_temp_path {top}/body; fastcgi_temp_path {top}/fastcgi;\n"
                f"proxy_temp_path {top}/proxy; scgi_temp_path {top}/scgi; uwsgi_temp_path {top}/uwsgi;\n"
                f"server {{\nlisten 127.0.0.1:{port};\n{snippet}\n}}\n}}\n")
    p = start([program("nginx"), "-c", top + "/conf", "-e", top + "/log"], stdin=subprocess.DEVNULL)
    wait_for(lambda: answers(port) or p.poll() is not None, f"nginx, see {top}/log")
    return p, port
