package config_test

import (
	"errors"
	"testing"
	"time"

	"tourbillon"
	"tourbillon/config"
	"tourbillon/tourbillontest"
)

func with(t *testing.T, value string) {
	t.Helper()
	h := tourbillontest.New(t, func() *tourbillon.Base { return &tourbillon.Base{} })
	h.SetConfig("key", value)
}

func TestDurationsAreRead(t *testing.T) {
	check := func(text string, expect time.Duration, reason string) {
		t.Helper()
		with(t, text)
		got, err := config.Duration("key", 0)
		if got != expect {
			t.Errorf("%q is %v, not %v", text, got, expect)
		}
		checkError(t, err, text, reason)
	}
	const unit = ": use ms, s, m, h, d or w"
	const form = "expected a whole number and a unit, like 7d, 90s or 500ms"
	check("7d", 7*24*time.Hour, "")
	check("90", 90*time.Second, "")
	check(" 90 s ", 90*time.Second, "")
	check("500ms", 500*time.Millisecond, "")
	check("2h", 2*time.Hour, "")
	check("1w", 168*time.Hour, "")
	check("0", 0, "")
	check("", 0, form)
	check("7 days", 0, `unknown unit "days"`+unit)
	check("-1s", 0, `unknown unit "-1s"`+unit)
	check("1.5h", 0, `unknown unit ".5h"`+unit)
	check("99999999999999999999", 0, form)
	check("18446744073709551615w", 0, "longer than can be counted")
}

func checkError(t *testing.T, err error, text, reason string) {
	t.Helper()
	expect := ""
	if reason != "" {
		expect = `config key = "` + text + `": ` + reason
	}
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != expect {
		t.Errorf("%q: error is %q, not %q", text, got, expect)
	}
}

func TestNumbersAreRead(t *testing.T) {
	check := func(text string, expect uint64, reason string) {
		t.Helper()
		with(t, text)
		got, err := config.Uint("key", 0)
		if err == nil && got != expect {
			t.Errorf("%q is %d, not %d", text, got, expect)
		}
		checkError(t, err, text, reason)
	}
	check(" 7 ", 7, "")
	check("18446744073709551615", 1<<64-1, "")
	for _, text := range []string{"18446744073709551616", "many", "", "-1"} {
		check(text, 0, "expected a whole number from 0 to 18446744073709551615")
	}
	with(t, "-5")
	if got, err := config.Int("key", 0); got != -5 || err != nil {
		t.Errorf("read %d, %v", got, err)
	}
}

func TestFlagsAreTrueOrFalse(t *testing.T) {
	with(t, " true")
	if got, err := config.Bool("key", false); !got || err != nil {
		t.Errorf("read %t, %v", got, err)
	}
	if got, err := config.Bool("absent", true); !got || err != nil {
		t.Errorf("read %t, %v", got, err)
	}
	with(t, "yes")
	_, err := config.Bool("key", false)
	checkError(t, err, "yes", "expected true or false")
	var invalid *config.InvalidError
	if !errors.As(err, &invalid) || invalid.Key != "key" {
		t.Errorf("%v is no InvalidError", err)
	}
}

func TestAMissingKeyIsTheFallback(t *testing.T) {
	with(t, "set")
	if got, err := config.Int("absent", 3); got != 3 || err != nil {
		t.Errorf("read %d, %v", got, err)
	}
	if got, err := config.Text("key", "fallback"); got != "set" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
	if got, err := config.All(); len(got) != 1 || got["key"] != "set" || err != nil {
		t.Errorf("all is %v, %v", got, err)
	}
}
