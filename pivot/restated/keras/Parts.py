class Parts:
    """Tensors and other values for one argument of a layer: Keras takes no tuple of both."""

    def __init__(self, *items):
        self.items = items

    def __iter__(self):
        return iter(self.items)

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)
