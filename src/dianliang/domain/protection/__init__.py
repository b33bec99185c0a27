"""Supply that is guarded through an event (保电): halls, what feeds them, who watches."""
