;; Dear to compile: two million core instances in a few hundred bytes, eight in each of eight in each of
;; eight, seven deep. It is no manager, and nobody ever comes so far as to notice.
(component
  (component $c6
    (component $c5
      (component $c4
        (component $c3
          (component $c2
            (component $c1
              (component $c0
                (core module $m (func))
                (core instance (instantiate $m)))
              (instance (instantiate $c0)) (instance (instantiate $c0)) (instance (instantiate $c0)) (instance (instantiate $c0)) (instance (instantiate $c0)) (instance (instantiate $c0)) (instance (instantiate $c0)) (instance (instantiate $c0)))
            (instance (instantiate $c1)) (instance (instantiate $c1)) (instance (instantiate $c1)) (instance (instantiate $c1)) (instance (instantiate $c1)) (instance (instantiate $c1)) (instance (instantiate $c1)) (instance (instantiate $c1)))
          (instance (instantiate $c2)) (instance (instantiate $c2)) (instance (instantiate $c2)) (instance (instantiate $c2)) (instance (instantiate $c2)) (instance (instantiate $c2)) (instance (instantiate $c2)) (instance (instantiate $c2)))
        (instance (instantiate $c3)) (instance (instantiate $c3)) (instance (instantiate $c3)) (instance (instantiate $c3)) (instance (instantiate $c3)) (instance (instantiate $c3)) (instance (instantiate $c3)) (instance (instantiate $c3)))
      (instance (instantiate $c4)) (instance (instantiate $c4)) (instance (instantiate $c4)) (instance (instantiate $c4)) (instance (instantiate $c4)) (instance (instantiate $c4)) (instance (instantiate $c4)) (instance (instantiate $c4)))
    (instance (instantiate $c5)) (instance (instantiate $c5)) (instance (instantiate $c5)) (instance (instantiate $c5)) (instance (instantiate $c5)) (instance (instantiate $c5)) (instance (instantiate $c5)) (instance (instantiate $c5)))
  (instance (instantiate $c6)) (instance (instantiate $c6)) (instance (instantiate $c6)) (instance (instantiate $c6)) (instance (instantiate $c6)) (instance (instantiate $c6)) (instance (instantiate $c6)) (instance (instantiate $c6))
)
