module {{name}}

go 1.24

require tourbillon v0.1.0

replace tourbillon => ./tourbillon-sdk
