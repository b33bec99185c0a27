// Here the figures choose a service; on other pages they change the page.
for (const link of document.querySelectorAll("header nav [data-key], .subnav [data-key], a[hidden][data-key]")) link.removeAttribute("data-key");
