(func (export "service-version") (result i32) (i32.const 16))
(func (export "service-config") (result i32) (i32.const 16))
