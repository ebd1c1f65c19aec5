"""HTTP/1.1 on sockets: cheroot, with bodies that stream in large pieces both ways."""
