// In front of the name, so that a project may be called as a package of Go is: log, errors.
module managers/{{name}}

go 1.24

require tourbillon v0.1.0

replace tourbillon => ./tourbillon-sdk
