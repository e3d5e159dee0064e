# What Scripts/demo, Scripts/guest and Scripts/test share. Sourced by bash, from the root of the repository.

# An ordinary user's PATH on Debian has no sbin, and ip may live there.
PATH=$PATH:/usr/sbin:/sbin

# Leaves with STATUS and one line on standard error.
fail() { # STATUS MESSAGE...
  local status=$1
  shift
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit "$status"
}

is_root() { [ "$(id -u)" = 0 ]; }

# Whether what PACKAGE brings is there, however it came.
is_installed() { # PACKAGE
  case $1 in
    iproute2) command -v ip ;;
    nftables) command -v nft ;;
    pkg-config | mandoc) command -v "$1" ;;
    libnl-3-dev) pkg-config --exists libnl-3.0 ;;
    libpcap-dev) pkg-config --exists libpcap ;;
    *) dpkg-query --show --showformat='${db:Status-Abbrev}' "$1" | grep -q '^ii' ;;
  esac >/dev/null 2>&1
}

# Installs those of the Debian packages that are missing; says what to run where it may not.
install_missing() { # PACKAGE...
  local package missing=()
  for package; do is_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail 4 "missing: ${missing[*]} (Debian's names); install them and run this again"
  is_root || fail 4 "missing packages; run as root: apt-get update && apt-get install -y ${missing[*]}"

  echo "Installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  # Without package lists, or with old ones, the first attempt fails.
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || {
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
  } || fail 4 "apt-get could not install ${missing[*]}"
}

# Puts the directory of the swift command into PATH; SWIFT names the command where it is in no usual place.
find_swift() {
  local home candidate
  home=$(getent passwd "${SUDO_USER:-$(id -un)}" | cut -d: -f6)
  for candidate in "${SWIFT:-}" "$(command -v swift)" /opt/swift/usr/bin/swift /usr/local/swift/usr/bin/swift \
    "${home:-$HOME}"/.local/share/swiftly/bin/swift "${home:-$HOME}"/.swiftly/bin/swift /opt/swift*/usr/bin/swift \
    /usr/libexec/swift/bin/swift; do
    if [ -x "$candidate" ]; then
      PATH=${candidate%/*}:$PATH
      return
    fi
  done
  fail 2 "no swift in PATH, /opt/swift or swiftly's folder; set SWIFT to the swift command (6.2 or later)"
}

# Sets `release` to the options of a build that is made for use: Swift's runtime is linked in, and the C++ and compiler
# libraries that it needs, and nothing is looked for beside the program, so that nothing but the C library and libnl has
# to be found and loaded when it starts. The program has a fixed address, which gives up the randomisation of its own (not of
# its libraries, stack and heap): to move it, the loader writes to 50 000 places, a sixth of the time of `show groups`.
release_options() {
  local library
  release=(-c release --static-swift-stdlib --disable-local-rpath -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
    -Xswiftc -Xclang-linker -Xswiftc -no-pie)
  library=$(clang -print-file-name=libstdc++.a 2>/dev/null) || library=''
  [[ $library == /* ]] || return 0
  mkdir -p .build/static
  ln -sf "$library" .build/static/
  release+=(-Xlinker "-L$PWD/.build/static")
}

# Sets `private` to the command that runs another with its own network, mounts and processes: nothing that is made
# inside outlives it. Root has the privilege; anybody else becomes root of a new user namespace, where that is allowed.
find_private() {
  private=(unshare --net --mount --pid --fork --kill-child)
  is_root || private=(unshare --user --map-root-user "${private[@]:1}")
  "${private[@]}" true 2>/dev/null && return
  if is_root; then
    fail 4 "may not make network namespaces here; in a container it takes --privileged or CAP_SYS_ADMIN and CAP_NET_ADMIN"
  fi
  fail 4 "unprivileged user namespaces are switched off here; run as root: $PWD/Scripts/${0##*/}"
}

# Whether namespaces can be made at all. A kernel whose network hangs does not answer, and its victim can not be ended:
# after ten seconds it is left alone.
can_make_namespaces() {
  local pid tries=0 attempt=(unshare --net true)
  is_root || attempt=(unshare --user --map-root-user --net true)
  "${attempt[@]}" </dev/null >/dev/null 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    [ $tries -lt 100 ] || return 1
    tries=$((tries + 1))
    sleep 0.1
  done
  wait "$pid"
}

# What a shell inside runs first: names of network namespaces stay inside, and /proc shows the inside.
prepare_private='
  if mkdir -p /run/netns 2>/dev/null; then mount -t tmpfs tmpfs /run/netns
  else mount -t tmpfs tmpfs /run && mkdir /run/netns; fi || exit
  mount -t proc proc /proc 2>/dev/null || true
'
