"""The commands of the window as records; menus, toolbar, shortcuts and the palette derive from them."""
