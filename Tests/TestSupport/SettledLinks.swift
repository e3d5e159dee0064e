/// Shell: waits until the kernel has drawn its conclusions from every carrier that came or went, however slow the machine.
///
/// The device has or lacks its carrier at once (`LOWER_UP`); routes and groups learn of it when the work queue of
/// `net/core/link_watch.c` has changed the operational state, which is when `ip` says `NO-CARRIER` or stops saying it.
package let settledLinks = """
  for i in $(seq 3000); do
    ip -o link show up | while read -r link; do
      case $link in *NO-CARRIER*LOWER_UP*) exit 1 ;; *NO-CARRIER* | *LOWER_UP*) ;; *) exit 1 ;; esac
    done && break
    sleep 0.01
  done
  """
