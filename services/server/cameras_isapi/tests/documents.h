// Documents as cameras have them.
#pragma once

namespace pitview::cameras_isapi::test {

// A 4-megapixel camera as it comes out of its box: H.265+, 25 pictures a second, a key frame every 8 s.
inline constexpr const char* kFactory = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<StreamingChannel version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<id>101</id>
<channelName>Bay &amp; ramp</channelName>
<enabled>true</enabled>
<Transport>
<maxPacketSize>1000</maxPacketSize>
<Security><enabled>true</enabled><certificateType>digest</certificateType></Security>
</Transport>
<Video>
<enabled>true</enabled>
<videoCodecType>H.265</videoCodecType>
<videoScanType>progressive</videoScanType>
<videoResolutionWidth>2688</videoResolutionWidth>
<videoResolutionHeight>1520</videoResolutionHeight>
<videoQualityControlType>VBR</videoQualityControlType>
<constantBitRate>8192</constantBitRate>
<vbrUpperCap>8192</vbrUpperCap>
<maxFrameRate>2500</maxFrameRate>
<keyFrameInterval>8000</keyFrameInterval>
<H264Profile>Main</H264Profile>
<GovLength>200</GovLength>
<SVC>
<enabled>true</enabled>
</SVC>
<SmartCodec><enabled>true</enabled></SmartCodec>
<!-- of this firmware alone -->
<vendorExtension mode = 'x'  />
</Video>
</StreamingChannel>
)xml";

}  // namespace pitview::cameras_isapi::test
